// prints: 4950
package main

import (
	"fmt"
	"sync"
)

func main() {
	var group sync.WaitGroup
	numbers := make(chan int, 10)
	for i := 0; i < 100; i++ {
		group.Add(1)
		go func(n int) {
			defer group.Done()
			numbers <- n
		}(i)
	}
	go func() {
		group.Wait()
		close(numbers)
	}()
	total := 0
	for n := range numbers {
		total += n
	}
	fmt.Println(total)
}
