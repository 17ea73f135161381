// family: compilers
// language: go
// expect: compile_error ok runtime_error
// also: go.mod
// breach: what the source tells the linker, the embedder or a generator is done with more than a program's rights
package main

/*
#cgo LDFLAGS: -Wl,--version -fplugin=/work/x.so
#cgo CFLAGS: -I/proc/1/root -include /etc/shadow
#include "/proc/1/environ"
*/
import "C"

import (
	_ "embed"
	"fmt"
)

//go:generate sh -c "touch /escape; id"

//go:embed /etc/passwd
var secret string

//go:linkname x runtime.x
func main() {
	fmt.Println(secret)
}
