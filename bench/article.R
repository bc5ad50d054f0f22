# The article's network in R as the article trains it: 3-4-1, sigmoid, no biases, sum of squared errors, rate 1. Prints the loss
# of the last of 1,500 iterations. `Rscript article.R serve` trains once for each line that it reads.
train <- function(iterations = 1500) {
  x <- rbind(c(0, 0, 1), c(0, 1, 1), c(1, 0, 1), c(1, 1, 1))
  y <- c(0, 1, 1, 0)
  sigmoid <- function(z) 1 / (1 + exp(-z))
  set.seed(1)
  w1 <- matrix(runif(12), nrow = 3, byrow = TRUE)
  w2 <- matrix(runif(4), nrow = 4)
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
  loss[iterations]
}
report <- function() {
  cat(sprintf("%.17g\n", train()))
  flush(stdout())
}
if (identical(commandArgs(trailingOnly = TRUE), "serve")) {
  lines <- file("stdin", "r")
  while (length(readLines(lines, 1)) == 1) report()
} else {
  report()
}
