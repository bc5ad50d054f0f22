/* run MODEL ROWS KINDS FOUND PASSES: one row after the other, as structs; MODEL and KINDS are
   compiled in: CELLS is the fields of a row, number(0), text(1) ... */
#include "model.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static char *cells[64];

static double number(int column) { return *cells[column] ? strtod(cells[column], NULL) : NAN; }

static const char *text(int column) { return *cells[column] ? cells[column] : NULL; }

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* The whole file, with an end after it. */
static char *content(const char *path) {
    FILE *file = fopen(path, "rb");
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file);
    rewind(file);
    char *text = malloc(size + 1);
    size = fread(text, 1, size, file);
    text[size] = '\0';
    fclose(file);
    return text;
}

int main(int n_arguments, char **arguments) {
    if (n_arguments != 6) return 2;
    size_t n = 0, room = 1024;
    model_row *rows = malloc(room * sizeof *rows);
    char *line = strchr(content(arguments[2]), '\n') + 1; /* after the names */
    while (*line) {
        char *end = strchr(line, '\n');
        *end = '\0';
        for (int column = 0; line; column++) {
            cells[column] = line;
            line = strchr(line, ',');
            if (line) *line++ = '\0';
        }
        line = end + 1;
        if (n == room) rows = realloc(rows, (room *= 2) * sizeof *rows);
        rows[n++] = (model_row){CELLS};
    }

    model_result *found = malloc(n * sizeof *found);
    int passes = atoi(arguments[5]);
    double start = now();
    for (int pass = 0; pass < passes; pass++)
        for (size_t k = 0; k < n; k++)
            if (model_predict(&rows[k], &found[k])) return 1;
    printf("%.9f\n", now() - start);

    FILE *file = fopen(arguments[4], "w");
    for (size_t k = 0; k < n; k++) fprintf(file, "%.17g\n", (double)found[k].prediction);
    fclose(file);
    return 0;
}
