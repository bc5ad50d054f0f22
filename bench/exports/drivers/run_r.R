# run_r.R MODEL ROWS KINDS FOUND PASSES: all rows at once, as a data.frame.
given <- commandArgs(trailingOnly = TRUE)
model <- new.env()
source(given[1], local = model, encoding = "UTF-8")

kinds <- strsplit(given[3], ",")[[1]]
rows <- read.csv(
  given[2], colClasses = ifelse(kinds == "number", "numeric", "character"), na.strings = "",
  check.names = FALSE, encoding = "UTF-8"
)

start <- Sys.time()
for (pass in seq_len(as.integer(given[5]))) found <- model$predict_rows(rows)$prediction
cat(as.numeric(Sys.time() - start, units = "secs"), "\n")
writeLines(sprintf("%.17g", found), given[4])
