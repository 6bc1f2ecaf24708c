import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Express } from 'express';

/** What of swagger-ui-dist the page needs; served from this machine, nothing comes from elsewhere. */
const assets = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Fefaent admin API</title>
<link rel="stylesheet" href="/admin/docs/swagger-ui.css">
<link rel="icon" href="/admin/docs/favicon-32x32.png">
</head>
<body>
<div id="api"></div>
<script src="/admin/docs/swagger-ui-bundle.js"></script>
<script src="/admin/docs/start.js"></script>
</body>
</html>
`;

const start = `SwaggerUIBundle({ url: '/admin/openapi.json', dom_id: '#api', deepLinking: true, tryItOutEnabled: true, validatorUrl: null });
`;

/** swagger-ui writes styles into elements and shows images as data; scripts come from here alone. */
const policy =
	"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'";

/** Serves the browsable description of the API at /admin/docs. Nothing of it is read before someone looks. */
export function serveDocs(app: Express): void {
	app.get('/', (_, response) => response.redirect('/admin/docs'));
	app.get('/admin', (_, response) => response.redirect('/admin/docs'));
	app.get('/admin/docs', (_, response) => {
		response.setHeader('Content-Security-Policy', policy);
		response.type('html').send(page);
	});
	app.get('/admin/docs/start.js', (_, response) => void response.type('js').send(start));
	for (const name of assets) {
		app.get(`/admin/docs/${name}`, (_, response) => {
			const folder = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')));
			response.sendFile(join(folder, name), { dotfiles: 'allow', cacheControl: false });
		});
	}
}
