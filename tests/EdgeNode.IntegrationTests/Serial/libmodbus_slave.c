// A Modbus RTU slave on Debian's libmodbus: unit 17, 1000 holding registers of 7 n + 3 and 1000 input registers of 11 n + 5.
// Arguments: the tty and its rate. Ends with its standard input, so that it never outlives its starter.
#include <errno.h>
#include <modbus.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { UNIT = 17, REGISTERS = 1000 };

int main(int argc, char **argv)
{
    if (argc != 3)
        return 64;
    modbus_t *slave = modbus_new_rtu(argv[1], atoi(argv[2]), 'N', 8, 1);
    modbus_mapping_t *map = modbus_mapping_new(0, 0, REGISTERS, REGISTERS);
    if (slave == NULL || map == NULL || modbus_set_slave(slave, UNIT) != 0 || modbus_connect(slave) != 0) {
        fprintf(stderr, "%s: %s\n", argv[1], modbus_strerror(errno));
        return 1;
    }

    for (int n = 0; n < REGISTERS; n++) {
        map->tab_registers[n] = (uint16_t)(7 * n + 3);
        map->tab_input_registers[n] = (uint16_t)(11 * n + 5);
    }

    puts("ready");
    fflush(stdout);
    struct pollfd files[] = {{.fd = modbus_get_socket(slave), .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
    while (poll(files, 2, -1) >= 0) {
        char byte;
        if (files[1].revents != 0 && read(STDIN_FILENO, &byte, 1) <= 0)
            break;
        if (files[0].revents == 0)
            continue;
        uint8_t request[MODBUS_RTU_MAX_ADU_LENGTH];
        int length = modbus_receive(slave, request);
        if (length > 0)
            modbus_reply(slave, request, length, map);
        else if (length < 0 && errno == EIO)
            break;
    }

    modbus_mapping_free(map);
    modbus_close(slave);
    modbus_free(slave);
    return 0;
}
