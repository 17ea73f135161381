"""Whether answers are what /api/openapi.json says of them.

    description = Description(server.ask('GET', '/api/openapi.json')[2])
    faults = description.find_faults('GET /api/me', server.ask('GET', '/api/me', token=token))
"""

import datetime
import uuid


class Description:
    def __init__(self, described):
        self.routes = {f'{method.upper()} {path}': route for path, methods in described['paths'].items() for method, route in methods.items()}
        self.schemas = described['components']['schemas']

    def find_faults(self, route, answer):
        """Sentences about what differs, for an answer as BareCoordinator.ask() returns it."""
        status, headers, body = answer
        responses = self.routes[route]['responses']
        response = responses.get(str(status), responses['default'])
        if str(status) not in responses and status < 400:
            return [f'{route} has no answer {status}']
        found = headers.get('content-type', '').split(';')[0]
        if not body:
            return [f'{route} {status}: has no body'] if 'content' in response else []
        if found not in response.get('content', {}):
            return [f"{route} {status}: is {found or 'without a type'}"]
        schema = response['content'][found].get('schema')
        return self._check(body, schema, f'{route} {status}') if schema and 'json' in found else []

    def _check(self, value, schema, place):
        if '$ref' in schema:
            schema = self.schemas[schema['$ref'].rsplit('/', 1)[1]]
        kinds = {'object': dict, 'array': list, 'string': str, 'integer': int, 'number': (int, float), 'boolean': bool}
        if not isinstance(value, kinds[schema['type']]) or (isinstance(value, bool) and schema['type'] != 'boolean'):
            return [f"{place}: {value!r} is no {schema['type']}"]
        return getattr(self, '_check_' + schema['type'])(value, schema, place)

    def _check_object(self, value, schema, place):
        faults = [f'{place}: has no {name}' for name in schema['required'] if name not in value]
        for name, member in value.items():
            if name in schema['properties']:
                faults += self._check(member, schema['properties'][name], f'{place} {name}')
            else:
                faults.append(f'{place}: nothing is said of {name}')
        return faults

    def _check_array(self, value, schema, place):
        faults = [f'{place}: has {len(value)} items'] if len(value) > schema['maxItems'] else []
        for item in value:
            faults += self._check(item, schema['items'], place)
        return faults

    @staticmethod
    def _check_string(value, schema, place):
        faults = [f'{place}: {value!r} is none of them'] if value not in schema.get('enum', [value]) else []
        if len(value.encode()) > schema.get('maxLength', len(value.encode())):
            faults.append(f'{place}: is too long')
        try:
            if schema.get('format') == 'uuid':
                uuid.UUID(value)
            elif schema.get('format') == 'date-time':
                datetime.datetime.fromisoformat(value.replace('Z', '+00:00'))
        except ValueError:
            faults.append(f"{place}: {value!r} is no {schema['format']}")
        return faults

    @staticmethod
    def _check_integer(value, schema, place):
        return [] if schema.get('minimum', value) <= value <= schema.get('maximum', value) else [f'{place}: {value} is out of its range']

    @staticmethod
    def _check_number(_value, _schema, _place):
        return []

    @staticmethod
    def _check_boolean(_value, _schema, _place):
        return []
