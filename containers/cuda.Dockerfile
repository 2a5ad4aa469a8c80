# mlx-serve on an NVIDIA card, driver 580 or newer: docker build -f cuda.Dockerfile -t mlx-serve:cuda .
FROM node:24-bookworm-slim

RUN apt-get update \
  && apt-get install -y --no-install-recommends python3 python3-venv tini \
  && rm -rf /var/lib/apt/lists/* \
  && mkdir -p /data/models && chown -R node:node /data

# A version, a tag, or the path of a packed tarball in the build's folder.
ARG SERVER=@mlx/server@latest
RUN npm install --global --no-audit --no-fund "$SERVER" && npm cache clean --force

# The user "node": by number, as orchestrators that refuse root need it.
USER 1000
ENV MLX_SERVE_HOME=/data MLX_BACKEND=cuda13 NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility
# Python, MLX and the libraries of CUDA are part of the image, the driver is the host's.
RUN mlx-serve setup
VOLUME /data/models

EXPOSE 8484
HEALTHCHECK --start-period=10m --interval=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8484/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["tini", "--", "mlx-serve"]
CMD ["serve", "--host", "0.0.0.0"]
