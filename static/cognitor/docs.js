"use strict";

const place = document.getElementById("swagger-ui");

window.ui = SwaggerUIBundle({
  url: place.dataset.url,
  dom_id: "#swagger-ui",
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  docExpansion: "none",
  filter: true,
  displayOperationId: true,
  persistAuthorization: true,
  defaultModelsExpandDepth: -1,
  // The validator's badge would be fetched from another host.
  validatorUrl: null,
});
