<?php
// expect: runtime_error
// exit: 6
exit(6);
