-- A small transaction for wrk: makes an organisation.
wrk.method = 'POST'
wrk.body = '{"name":"Bench"}'
wrk.headers['Content-Type'] = 'application/json'
