"""What NumPy and PyTorch compute with, for the report.

Each release reports it differently. A release that does not report it can still take part.
"""


def of_numpy(np):
    return f"NumPy {np.__version__}, {told(lambda: blas_of(np), lambda: old_blas_of(np))}"


def of_torch(torch):
    level = told(lambda: torch.backends.cpu.get_cpu_capability(), lambda: old_level_of(torch))
    return f"PyTorch {torch.__version__}, {level}"


def blas_of(np):
    """NumPy 1.25 and newer."""
    found = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return f"{found['name']} {found.get('version', '')}".strip()


def old_blas_of(np):
    """Older releases know the libraries that they were linked to."""
    return ", ".join(dict.fromkeys(np.__config__.get_info("blas_opt")["libraries"]))


def old_level_of(torch):
    """Before PyTorch 2.1."""
    lines = torch.__config__.show().splitlines()
    return next(line.split(":")[1].strip() for line in lines if "CPU capability" in line)


def told(*ways):
    for way in ways:
        try:
            return way()
        except Exception:
            continue
    return "it does not say with what"
