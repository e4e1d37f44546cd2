// A Modbus server on Debian's libmodbus, unit 17: coil n is on where 3 divides n, input n where 5 does, holding registers 7 n + 3,
// input registers 11 n + 5, 1000 of each. Arguments: "tcp", which prints "ready PORT", or "rtu", a tty and its rate, which prints "ready 0".
// Ends with its standard input, so that it never outlives its starter.
#include <arpa/inet.h>
#include <errno.h>
#include <modbus.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { UNIT = 17, COUNT = 1000 };

int main(int argc, char **argv)
{
    int tcp = argc == 2 && strcmp(argv[1], "tcp") == 0;
    if (!tcp && (argc != 4 || strcmp(argv[1], "rtu") != 0))
        return 64;
    modbus_t *server = tcp ? modbus_new_tcp("127.0.0.1", 0) : modbus_new_rtu(argv[2], atoi(argv[3]), 'N', 8, 1);
    modbus_mapping_t *map = modbus_mapping_new(COUNT, COUNT, COUNT, COUNT);
    if (server == NULL || map == NULL || modbus_set_slave(server, UNIT) != 0)
        return 1;
    for (int n = 0; n < COUNT; n++) {
        map->tab_bits[n] = n % 3 == 0;
        map->tab_input_bits[n] = n % 5 == 0;
        map->tab_registers[n] = (uint16_t)(7 * n + 3);
        map->tab_input_registers[n] = (uint16_t)(11 * n + 5);
    }

    int listener = -1;
    if (tcp) {
        // A port of the kernel's choice: libmodbus would want it from us.
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        socklen_t length = sizeof address;
        listener = socket(AF_INET, SOCK_STREAM, 0);
        if (bind(listener, (struct sockaddr *)&address, length) != 0 || listen(listener, 4) != 0 || getsockname(listener, (struct sockaddr *)&address, &length) != 0)
            return 1;
        printf("ready %d\n", ntohs(address.sin_port));
    } else if (modbus_connect(server) != 0) {
        fprintf(stderr, "%s: %s\n", argv[2], modbus_strerror(errno));
        return 1;
    } else {
        printf("ready 0\n");
    }

    fflush(stdout);
    int open = tcp ? -1 : modbus_get_socket(server);
    for (;;) {
        struct pollfd files[] = {{.fd = open, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}, {.fd = listener, .events = POLLIN}};
        if (poll(files, 3, -1) < 0 && errno != EINTR)
            return 1;
        char byte;
        if (files[1].revents != 0 && read(STDIN_FILENO, &byte, 1) <= 0)
            return 0;
        if (files[2].revents != 0 && open < 0)
            modbus_set_socket(server, open = modbus_tcp_accept(server, &listener));
        if (files[0].revents == 0)
            continue;
        uint8_t request[MODBUS_TCP_MAX_ADU_LENGTH];
        int length = modbus_receive(server, request);
        if (length > 0)
            modbus_reply(server, request, length, map);
        else if (length < 0 && tcp) {
            modbus_close(server);
            open = -1;
        } else if (length < 0 && errno == EIO)
            return 0;
    }
}
