# Prints the path of a Python >= 3.13, or says what to do and fails.
works() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 13))' 2>/dev/null; }
for name in ${PYTHON:-} python3.15 python3.14 python3.13 python3; do
    path=$(command -v "$name" 2>/dev/null) && works "$path" && { "$path" -c 'import sys; print(sys.executable)'; exit 0; }
done
for path in "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.*/bin/python3; do
    works "$path" && { echo "$path"; exit 0; }
done
if command -v uv >/dev/null 2>&1; then
    path=$(uv python find '>=3.13' 2>/dev/null) && works "$path" && { echo "$path"; exit 0; }
    uv python install 3.13 >&2 && path=$(uv python find 3.13) && { echo "$path"; exit 0; }
fi
echo "barque needs Python 3.13 or newer (its ssl module speaks TLS-PSK), and found none in PATH, pyenv or uv." >&2
echo "Install one, for example with 'pyenv install 3.13' or 'uv python install 3.13', or name it: make PYTHON=/path/to/python3.13" >&2
exit 1
