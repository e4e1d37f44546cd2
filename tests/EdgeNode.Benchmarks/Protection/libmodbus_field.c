// A device on Debian's libmodbus, over TCP: units 1 to 3 are transmitters of one pressure, any unit has the output that it trips. While coil 0 is on they show too
// much in holding registers 0 and 1 (float32, high word first); while it is off they show little. So trip follows trip, and each is one delay: from the moment
// before the reply is given to the kernel after which two of the three show too much, to the moment at which the write of the coil to off has come. All other
// registers count up with each request, so that no two readings of them are alike. Any unit is answered, on 127.0.0.1 to 127.0.0.4: one address for each bus.
// Prints "ready PORT". "begin" begins to count, "end" prints the number of delays, that of the float32 values that it gave meanwhile, and each delay in ns. Ends with its standard input.
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

enum { REGISTERS = 256, MOST = 10000000, READ = 3, WRITE_COIL = 5, TRANSMITTERS = 3, VOTE = 2, ADDRESSES = 4, CONNECTIONS = 8 };

// The high words of float32 6 and 4, and of 8 and a little more; the setpoint is 5.
enum { HIGH = 0x40C0, LOW = 0x4080, BEYOND = 0x4100 };

static int64_t delays[MOST];
static int64_t shown, count, given;
static int counting;
static int high[TRANSMITTERS + 1]; // by unit: it showed too much last
static uint16_t turn;

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

// One request of the connection that the server has now. 0: the connection is over.
static int serve(modbus_t *server, modbus_mapping_t *map)
{
    uint8_t request[MODBUS_TCP_MAX_ADU_LENGTH];
    int size = modbus_receive(server, request);
    if (size <= 0)
        return size == 0;
    int64_t at = now();
    int head = modbus_get_header_length(server);
    int unit = request[head - 1], function = request[head], first = request[head + 1] << 8 | request[head + 2];
    if (function == READ) {
        int is_high = map->tab_bits[0] != 0;
        for (int i = 2; i < REGISTERS; i++)
            map->tab_registers[i] = i % 2 == 0 ? BEYOND : turn;
        turn++;
        map->tab_registers[0] = is_high ? HIGH : LOW;
        given += (request[head + 3] << 8 | request[head + 4]) / 2;
        if (first == 0 && unit >= 1 && unit <= TRANSMITTERS) {
            int before = high[1] + high[2] + high[3];
            high[unit] = is_high;
            if (before < VOTE && high[1] + high[2] + high[3] >= VOTE)
                shown = at;
        }
    }

    modbus_reply(server, request, size, map); // sets the coil, where one is written
    if (function == WRITE_COIL && map->tab_bits[0] == 0 && shown != 0) {
        if (counting && count < MOST)
            delays[count++] = at - shown;
        shown = 0;
    }

    return 1;
}

int main(void)
{
    modbus_t *server = modbus_new_tcp("127.0.0.1", 0);
    modbus_mapping_t *map = modbus_mapping_new(1, 0, REGISTERS, 0);
    if (server == NULL || map == NULL)
        return 1;

    // A port of the kernel's choice: libmodbus would want it from us. The same one on each address.
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    enum { ORDERS = CONNECTIONS, CALLS, FILES = CALLS + ADDRESSES };
    struct pollfd files[FILES] = {[ORDERS] = {.fd = STDIN_FILENO, .events = POLLIN}};
    for (int i = 0; i < CONNECTIONS; i++)
        files[i] = (struct pollfd){.fd = -1, .events = POLLIN};
    for (int i = 0; i < ADDRESSES; i++) {
        int listener = socket(AF_INET, SOCK_STREAM, 0);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + i);
        if (bind(listener, (struct sockaddr *)&address, length) != 0 || listen(listener, 4) != 0 || getsockname(listener, (struct sockaddr *)&address, &length) != 0)
            return 1;
        files[CALLS + i] = (struct pollfd){.fd = listener, .events = POLLIN};
    }

    printf("ready %d\n", ntohs(address.sin_port));
    fflush(stdout);

    for (;;) {
        if (poll(files, FILES, -1) < 0 && errno != EINTR)
            return 1;
        if (files[ORDERS].revents != 0) {
            char said[16] = "";
            if (read(STDIN_FILENO, said, sizeof said - 1) <= 0)
                return 0;
            counting = strcmp(said, "begin\n") == 0;
            if (!counting) {
                printf("%" PRId64 " %" PRId64, count, given);
                for (int64_t i = 0; i < count; i++)
                    printf(" %" PRId64, delays[i]);
                printf("\n");
                fflush(stdout);
            }

            count = given = 0;
        }

        for (int i = 0; i < ADDRESSES; i++) {
            if (files[CALLS + i].revents != 0) {
                int caller = modbus_tcp_accept(server, &files[CALLS + i].fd), free = 0;
                while (free < CONNECTIONS && files[free].fd >= 0)
                    free++;
                if (free == CONNECTIONS)
                    close(caller);
                else
                    files[free] = (struct pollfd){.fd = caller, .events = POLLIN};
            }
        }

        for (int i = 0; i < CONNECTIONS; i++) {
            if (files[i].fd >= 0 && files[i].revents != 0) {
                modbus_set_socket(server, files[i].fd);
                if (!serve(server, map)) {
                    modbus_close(server);
                    files[i].fd = -1;
                }
            }
        }
    }
}
