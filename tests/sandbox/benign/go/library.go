// prints: Grüße map[a:1 b:2] [1 2 3] {"n":1}
package main

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"
)

type thing struct {
	N int `json:"n"`
}

func main() {
	numbers := []int{3, 1, 2}
	sort.Ints(numbers)
	text, _ := json.Marshal(thing{1})
	fmt.Println(strings.TrimSpace(" Grüße "), map[string]int{"b": 2, "a": 1}, numbers, string(text))
}
