# Writes requirements.lock anew from pyproject.toml (needs uv in PATH).
uv pip compile --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.13 \
    --all-extras --quiet --output-file requirements.lock pyproject.toml
