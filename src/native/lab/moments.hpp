// Mean and standard deviation with the digits that numpy.mean and numpy.std give them.
#pragma once

namespace glassnet::lab {

// The sum as numpy adds up: eight sums side by side, of more than a block the sums of two halves.
inline double pairwise_sum(const double* x, int n) {
    constexpr int BLOCK = 128;
    constexpr int SIDES = 8;
    if (n < SIDES) {
        double sum = 0;
        for (int i = 0; i < n; ++i) sum += x[i];
        return sum;
    }
    if (n > BLOCK) {
        int half = n / 2;
        half -= half % SIDES;
        return pairwise_sum(x, half) + pairwise_sum(x + half, n - half);
    }
    double side[SIDES];
    for (int j = 0; j < SIDES; ++j) side[j] = x[j];
    int i = SIDES;
    for (; i < n - n % SIDES; i += SIDES)
        for (int j = 0; j < SIDES; ++j) side[j] += x[i + j];
    double sum =
        ((side[0] + side[1]) + (side[2] + side[3])) + ((side[4] + side[5]) + (side[6] + side[7]));
    for (; i < n; ++i) sum += x[i];
    return sum;
}

// Writes the mean of n numbers and their standard deviation, and leaves squares in their place.
inline void write_moments(double* x, int n, double* results) {
    const double mean = pairwise_sum(x, n) / n;
    for (int i = 0; i < n; ++i) x[i] = (x[i] - mean) * (x[i] - mean);
    results[0] = mean;
    results[1] = __builtin_sqrt(pairwise_sum(x, n) / n);
}

}  // namespace glassnet::lab
