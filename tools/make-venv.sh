# Makes the virtual environment in $1 and installs the pinned lock and barque itself into it.
set -eu
python=$(sh tools/find-python.sh)
[ -x "$1/bin/python" ] || "$python" -m venv "$1"
"$1/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
"$1/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
