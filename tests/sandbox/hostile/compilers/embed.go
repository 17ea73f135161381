// family: compilers
// language: go
// expect: compile_error
// also: go.mod
// breach: the compiler puts files of the host into the program
package main

import (
	_ "embed"
	"fmt"
)

//go:embed ../../etc/passwd
var text string

//go:generate cat /etc/shadow

func main() { fmt.Println(text) }
