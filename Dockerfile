# One image for web, worker, scorer and the one-shot that migrates: docker-compose.yml says which command each runs.

FROM node:20-slim AS build
WORKDIR /borda
COPY . .
RUN npm ci
RUN TURBO_TELEMETRY_DISABLED=1 NEXT_TELEMETRY_DISABLED=1 npm run build
RUN rm -rf apps/web/.next/cache .turbo node_modules/.cache && npm prune --omit=dev

FROM node:20-slim
ENV NODE_ENV=production \
    NEXT_TELEMETRY_DISABLED=1 \
    BORDA_HOME=/data \
    HOST=0.0.0.0
RUN mkdir /data && chown node:node /data
COPY --from=build --chown=node:node /borda /borda
WORKDIR /borda
USER node
VOLUME /data
EXPOSE 3000 3001
CMD ["node", "scripts/prepare.mjs"]
