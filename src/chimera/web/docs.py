"""The page at `/docs`: Swagger UI from our own files, so that it works without a network and under our own policy."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from chimera.web.routers import LateRouter

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Chimera API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="/favicon.svg"><link rel="stylesheet" href="/swagger/swagger-ui.css"></head>
<body><div id="docs"></div><noscript>The OpenAPI description is at <a href="/openapi.json">/openapi.json</a>.</noscript>
<script src="/swagger/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body></html>"""
START = """SwaggerUIBundle({
  url: "/openapi.json", dom_id: "#docs", deepLinking: true,
  tryItOutEnabled: true, displayRequestDuration: true, validatorUrl: null,
});"""


def router() -> APIRouter:
    api = LateRouter(include_in_schema=False)

    @api.get("/docs")
    async def page() -> HTMLResponse:
        return HTMLResponse(PAGE)

    @api.get("/docs/start.js")
    async def start() -> Response:
        return Response(START, media_type="text/javascript")

    return api
