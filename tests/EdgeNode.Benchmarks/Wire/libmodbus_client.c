// Reads 100 holding registers of unit 17 on Debian's libmodbus and checks them (7 n + 3). Arguments: "tcp" and a port, or "rtu", a tty and its rate.
// For each line "READS PAUSE_US" of its input it does so many reads, and prints the middle of their times and the sum, in ns, and how many were bad.
#include <modbus.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { UNIT = 17, COUNT = 100, MOST = 1000000 };

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    static int64_t took[MOST];
    if (argc < 3)
        return 64;
    modbus_t *client = strcmp(argv[1], "tcp") == 0 ? modbus_new_tcp("127.0.0.1", atoi(argv[2])) : modbus_new_rtu(argv[2], atoi(argv[3]), 'N', 8, 1);
    if (client == NULL || modbus_set_slave(client, UNIT) != 0 || modbus_connect(client) != 0)
        return 1;
    int reads, pause;
    while (scanf("%d %d", &reads, &pause) == 2 && reads > 0 && reads <= MOST) {
        int bad = 0;
        int64_t sum = 0;
        for (int i = 0; i < reads; i++) {
            uint16_t words[COUNT];
            if (pause > 0)
                usleep((useconds_t)pause);
            int64_t start = now();
            int came = modbus_read_registers(client, 0, COUNT, words);
            sum += took[i] = now() - start;
            bad += came != COUNT;
            for (int n = 0; n < COUNT && came == COUNT; n++)
                bad += words[n] != (uint16_t)(7 * n + 3);
        }
        qsort(took, (size_t)reads, sizeof took[0], by_size);
        printf("%lld %lld %d\n", (long long)took[reads / 2], (long long)sum, bad);
        fflush(stdout);
    }
    modbus_close(client);
    return 0;
}
