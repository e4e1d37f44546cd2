// A device on Debian's libmodbus, over TCP, with a transmitter and the output that it trips. While coil 0 is on it shows too much in holding
// registers 0 and 1 (float32, high word first); while it is off it shows little. So trip follows trip, and each is one delay: from the moment before the
// reply with the first high sample is given to the kernel, to the moment at which the write of the coil to off has come. All other registers count up with
// each request, so that no two readings of them are alike. Any unit is answered.
// Prints "ready PORT". "begin" begins to count, "end" prints the number of delays and each of them in ns. Ends with its standard input.
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <modbus.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { REGISTERS = 256, MOST = 10000000, READ = 3, WRITE_COIL = 5 };

// The high words of float32 6 and 4, and of 8 and a little more; the setpoint is 5.
enum { HIGH = 0x40C0, LOW = 0x4080, BEYOND = 0x4100 };

static int64_t delays[MOST];

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int main(void)
{
    modbus_t *server = modbus_new_tcp("127.0.0.1", 0);
    modbus_mapping_t *map = modbus_mapping_new(1, 0, REGISTERS, 0);
    if (server == NULL || map == NULL)
        return 1;

    // A port of the kernel's choice: libmodbus would want it from us.
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, length) != 0 || listen(listener, 4) != 0 || getsockname(listener, (struct sockaddr *)&address, &length) != 0)
        return 1;
    printf("ready %d\n", ntohs(address.sin_port));
    fflush(stdout);

    int open = -1, counting = 0;
    uint16_t turn = 0;
    int64_t shown = 0, count = 0;
    for (;;) {
        struct pollfd files[] = {{.fd = open, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}, {.fd = listener, .events = POLLIN}};
        if (poll(files, 3, -1) < 0 && errno != EINTR)
            return 1;
        if (files[1].revents != 0) {
            char said[16] = "";
            if (read(STDIN_FILENO, said, sizeof said - 1) <= 0)
                return 0;
            counting = strcmp(said, "begin\n") == 0;
            if (!counting) {
                printf("%" PRId64, count);
                for (int64_t i = 0; i < count; i++)
                    printf(" %" PRId64, delays[i]);
                printf("\n");
                fflush(stdout);
            }

            count = 0;
        }

        if (files[2].revents != 0 && open < 0) {
            modbus_set_socket(server, open = modbus_tcp_accept(server, &listener));
            shown = 0;
        }

        if (files[0].revents == 0)
            continue;
        uint8_t request[MODBUS_TCP_MAX_ADU_LENGTH];
        int size = modbus_receive(server, request);
        if (size < 0) {
            modbus_close(server);
            open = -1;
        } else if (size > 0) {
            int64_t at = now();
            int function = request[modbus_get_header_length(server)];
            if (function == READ) {
                int is_high = map->tab_bits[0] != 0;
                for (int i = 2; i < REGISTERS; i++)
                    map->tab_registers[i] = i % 2 == 0 ? BEYOND : turn;
                turn++;
                map->tab_registers[0] = is_high ? HIGH : LOW;
                if (is_high && shown == 0)
                    shown = at;
            }

            modbus_reply(server, request, size, map); // sets the coil, where one is written
            if (function == WRITE_COIL && map->tab_bits[0] == 0 && shown != 0) {
                if (counting && count < MOST)
                    delays[count++] = at - shown;
                shown = 0;
            }
        }
    }
}
