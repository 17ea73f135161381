// family: compilers
// language: typescript
// expect: compile_error ok runtime_error
// breach: the bundler reads what the program may not
import a from "/proc/1/environ";
import b from "/etc/shadow";
import c from "../../../../../root/.ssh/id_rsa";
import d from "data:text/javascript,export default 1";
/// <reference path="/etc/machine-id" />
console.log(a, b, c, d);
