"""Types of machine words and pointers in LLVM's language."""

from __future__ import annotations

from llvmlite import ir

I16, I32, I64 = ir.IntType(16), ir.IntType(32), ir.IntType(64)
POINTER = ir.IntType(8).as_pointer()
