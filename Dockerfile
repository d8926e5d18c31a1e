# docker build -t schemactl . && docker run --rm -e MONGODB_URI -v "$PWD/schema:/project/schema:ro" schemactl plan
FROM node:24-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc tsconfig.json tsconfig.build.json ./
RUN npm ci
COPY src src
COPY scripts scripts
RUN npm run build && npm prune --omit=dev

FROM node:24-slim
LABEL org.opencontainers.image.title="schemactl" org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production
COPY --from=build /build/package.json /opt/schemactl/
COPY --from=build /build/node_modules /opt/schemactl/node_modules
COPY --from=build /build/dist /opt/schemactl/dist
RUN ln -s /opt/schemactl/dist/cli.js /usr/local/bin/schemactl && chmod +x /opt/schemactl/dist/cli.js
USER node
WORKDIR /project
ENTRYPOINT ["schemactl"]
CMD ["--help"]
