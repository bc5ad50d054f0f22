// run MODEL ROWS KINDS FOUND PASSES: one row after the other, as structs; MODEL and KINDS are
// compiled in: rowOf, which is written beside this file, makes a row of its cells.
package main

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"time"

	"run/model"
)

func number(cell string) float64 {
	if cell == "" {
		return math.NaN()
	}
	return must(strconv.ParseFloat(cell, 64))
}

func text(cell string) *string {
	if cell == "" {
		return nil
	}
	return &cell
}

func must[T any](found T, err error) T {
	if err != nil {
		panic(err)
	}
	return found
}

func main() {
	content := strings.TrimSuffix(string(must(os.ReadFile(os.Args[2]))), "\n")
	var rows []model.Row
	for _, line := range strings.Split(content, "\n")[1:] {
		rows = append(rows, rowOf(strings.Split(line, ",")))
	}

	found := make([]float64, len(rows))
	passes := must(strconv.Atoi(os.Args[5]))
	start := time.Now()
	for pass := 0; pass < passes; pass++ {
		for k := range rows {
			found[k] = must(model.Predict(&rows[k])).Prediction
		}
	}
	fmt.Println(time.Since(start).Seconds())

	file := must(os.Create(os.Args[4]))
	defer file.Close()
	writer := bufio.NewWriter(file)
	defer writer.Flush()
	for _, one := range found {
		fmt.Fprintln(writer, strconv.FormatFloat(one, 'g', -1, 64))
	}
}
