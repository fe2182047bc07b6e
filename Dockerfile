# Two images of one build: `borda` for web, worker, scorer and the one-shot that migrates, and `gpu` for a worker that
# trains on an NVIDIA GPU. docker-compose.yml says which command each container runs.

FROM node:20-bookworm-slim AS build
WORKDIR /borda
COPY . .
RUN npm ci
RUN TURBO_TELEMETRY_DISABLED=1 NEXT_TELEMETRY_DISABLED=1 npm run build
# What is left is what runs: no packages of the build, no libraries of other systems.
RUN npm prune --omit=dev \
 && rm -rf apps/web/.next/cache .turbo node_modules/.cache \
           node_modules/onnxruntime-node/bin/*/darwin node_modules/onnxruntime-node/bin/*/win32

FROM node:20-bookworm-slim AS tensorflow
RUN apt-get update \
 && apt-get install --yes --no-install-recommends g++ \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /borda
COPY package.json .npmrc ./
COPY scripts scripts
RUN npm run -s setup:tensorflow -- gpu --home /opt/borda

# CUDA 12 and cuDNN 9; the driver and its libcuda come from the host, by NVIDIA's container toolkit.
FROM nvidia/cuda:12.8.1-cudnn-runtime-ubuntu24.04 AS gpu
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=tensorflow /opt/borda /opt/borda
COPY --from=build /borda /borda
ENV NODE_ENV=production \
    BORDA_HOME=/data \
    BORDA_TENSORFLOW_HOME=/opt/borda
# The same number as `node` below: both write to one volume.
RUN mkdir /data && chown 1000:1000 /data
WORKDIR /borda
USER 1000:1000
VOLUME /data
CMD ["node", "apps/worker/dist/main.js"]

FROM node:20-bookworm-slim AS borda
COPY --from=build /borda /borda
ENV NODE_ENV=production \
    NEXT_TELEMETRY_DISABLED=1 \
    BORDA_HOME=/data \
    HOST=0.0.0.0
# The code is root's; what Borda and Next.js write is node's.
RUN mkdir --parents /data /borda/apps/web/.next/cache \
 && chown node:node /data /borda/apps/web/.next/cache
WORKDIR /borda
USER node
VOLUME /data
EXPOSE 3000 3001
CMD ["node", "scripts/prepare.mjs"]
