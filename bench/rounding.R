# The article's program in R on the table, weights and settings of a file: Rscript rounding.R FILE.
# Prints the weights after each of some iterations, 17 digits, a matrix row by row.
numbers <- scan(commandArgs(trailingOnly = TRUE)[1], quiet = TRUE)
take <- function(n) {
  force(n)
  found <- numbers[seq_len(n)]
  numbers <<- numbers[-seq_len(n)]
  found
}
rows <- take(1); inputs <- take(1); nodes <- take(1); rate <- take(1)
at <- take(take(1))
x <- matrix(take(rows * inputs), nrow = rows, byrow = TRUE)
y <- matrix(take(rows), ncol = 1)
w1 <- matrix(take(inputs * nodes), nrow = inputs, byrow = TRUE)
w2 <- matrix(take(nodes), ncol = 1)
sigmoid <- function(z) 1 / (1 + exp(-z))
for (i in seq_len(max(at))) {
  hidden <- sigmoid(x %*% w1)
  output <- sigmoid(hidden %*% w2)
  delta2 <- 2 * (output - y) * output * (1 - output)
  delta1 <- (delta2 %*% t(w2)) * hidden * (1 - hidden)
  w2 <- w2 - rate * t(hidden) %*% delta2
  w1 <- w1 - rate * t(x) %*% delta1
  if (i %in% at) cat(sprintf("%.17g", c(t(w1), w2)), "\n")
}
