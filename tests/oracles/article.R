# The article's network in R, written for this project: 3-4-1, sigmoid, no biases, sum of squared errors, gradient descent
# with rate 1. Usage: Rscript article.R SEED ITERATIONS; prints one line a quantity, matrices row by row, 17 digits.
arguments <- as.integer(commandArgs(trailingOnly = TRUE))
iterations <- arguments[2]

x <- rbind(c(0, 0, 1), c(0, 1, 1), c(1, 0, 1), c(1, 1, 1))
y <- c(0, 1, 1, 0)
sigmoid <- function(z) 1 / (1 + exp(-z))

set.seed(arguments[1])
w1 <- matrix(runif(12), nrow = 3, byrow = TRUE)
w2 <- matrix(runif(4), nrow = 4)

show <- function(name, values) cat(name, sprintf("%.17g", values), "\n")
show("initial_w1", t(w1))
show("initial_w2", t(w2))

loss <- numeric(iterations)
for (i in seq_len(iterations)) {
  hidden <- sigmoid(x %*% w1)
  output <- sigmoid(hidden %*% w2)
  loss[i] <- sum((y - output)^2)
  delta2 <- 2 * (output - y) * output * (1 - output)
  delta1 <- (delta2 %*% t(w2)) * hidden * (1 - hidden)
  w2 <- w2 - t(hidden) %*% delta2
  w1 <- w1 - t(x) %*% delta1
}
show("loss", loss)
show("predicted", output)
show("w1", t(w1))
show("w2", t(w2))
