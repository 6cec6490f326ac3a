"""Computes on a local cluster what a recording holds: ``python reader_cluster.py PATH``."""

from __future__ import annotations

import json
import sys

from distributed import Client, LocalCluster

from picostream_pymeasure.reader import PicoStreamReader


def main(path: str) -> None:
    with PicoStreamReader(path) as reader:
        array = reader.to_dask()
        counts = reader.to_dask(unit="counts")
    with (
        LocalCluster(
            processes=True,
            n_workers=2,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address=None,
        ) as cluster,
        Client(cluster),
    ):
        print(
            json.dumps(
                {
                    "mean": float(array.mean().compute()),
                    "std": float(array.std().compute()),
                    "max": int(counts.max().compute()),
                    "some": array[123_456:123_460].compute().tolist(),
                }
            )
        )


if __name__ == "__main__":
    main(sys.argv[1])
