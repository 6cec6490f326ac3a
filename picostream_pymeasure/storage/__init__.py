"""The recording on disk: schema, recorder, verification."""
