// lines: 200000
// prints: 200000 19999900000
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
)

func main() {
	scanner := bufio.NewScanner(os.Stdin)
	n, sum := 0, 0
	for scanner.Scan() {
		x, _ := strconv.Atoi(scanner.Text())
		n++
		sum += x
	}
	fmt.Println(n, sum)
}
