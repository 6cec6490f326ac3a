"""What PyInstaller does not see: modules imported by name, versions looked up."""  # noqa: N999

from PyInstaller.utils.hooks import collect_submodules, copy_metadata

hiddenimports = [
    *collect_submodules("picostream_pymeasure", lambda name: "__pyinstaller" not in name),
    "picosdk.constants",
    "picosdk.library",
    "picosdk.ps5000a",
    "hdf5plugin",
]
datas = [
    *copy_metadata("picostream-pymeasure"),
    *copy_metadata("pymeasure"),
]
#: The simulated scope runs the vendor's wrapper from its source, a second time.
module_collection_mode = {"picosdk": "pyz+py"}
