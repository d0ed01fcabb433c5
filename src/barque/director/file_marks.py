"""Which files are to be restored, and where the first names of files with several are."""

from barque.director.chosen_files import ChosenFiles, IndexTable
from barque.director.stored_files import StoredEntry


class FileMarks:
    """A mark for each FileIndex of each job."""

    def __init__(self) -> None:
        self.count = 0
        """Files that are marked."""
        self._tables: dict[int, IndexTable] = {}
        self._first_names: dict[int, IndexTable] = {}

    def is_marked(self, entry: StoredEntry) -> bool:
        """Tell whether a file is to be restored."""
        table = self._tables.get(entry.job_id)
        return table is not None and bool(table.get(entry.file_index))

    def set(self, job_id: int, file_index: int, *, marked: bool) -> bool:
        """Mark a file or not; return whether that changed it."""
        table = self._tables.get(job_id)
        if table is None:
            table = self._tables[job_id] = IndexTable()
        changed = table.put(file_index, marked) != marked
        if changed:
            self.count += 1 if marked else -1
        return changed

    def note_first_name(self, entry: StoredEntry, directory: int) -> None:
        """Note where the first name of a file is; a *directory* below 0 forgets it."""
        names = self._first_names.setdefault(entry.job_id, IndexTable("i"))
        names.put(entry.file_index, directory + 1)

    def directory_of_first_name(self, job_id: int, file_index: int) -> int:
        """Return in which directory the first name of a file is; -1 when there is none."""
        names = self._first_names.get(job_id)
        return names.get(file_index) - 1 if names is not None else -1

    def chosen(self) -> ChosenFiles:
        """Return what is marked."""
        # a job without any file would stand for all of its files
        tables = {job_id: marks.copy() for job_id, marks in self._tables.items() if marks}
        return ChosenFiles(tables, self.count)
