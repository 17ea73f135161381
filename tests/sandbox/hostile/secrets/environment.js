// family: secrets
// language: javascript
// expect: ok
// says: held
// breach: more environment than the box's own
const own = new Set(['PATH', 'HOME', 'TMPDIR', 'LC_ALL', 'TZ', 'PWD', 'SHLVL', '_', 'OLDPWD']);
const more = Object.keys(process.env).filter((name) => !own.has(name) && !name.startsWith('NODE_'));
const secret = Object.values(process.env).filter((value) => /canary|token|secret|password|\/root|\/home/i.test(value));
console.log(more.length || secret.length ? `BREACH ${more} ${secret}` : 'held');
