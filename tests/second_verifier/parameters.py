"""Shapes of all oracles, from public counts alone  [proof.md section 4]."""

from dataclasses import dataclass

DOMAIN_MAX = 2**22
LEVELS_MAX = 16


@dataclass(frozen=True)
class Profile:
    name: str
    code: int
    security: int  # lambda
    grinding: int  # g


TOY = Profile("toy", 0, 12, 2)
P100 = Profile("P100", 1, 100, 16)
PROFILES = {profile.code: profile for profile in (TOY, P100)}


@dataclass(frozen=True)
class Shape:
    """An oracle: rows + tail coefficients in each of its columns, on a domain of n points."""

    columns: int  # elements of its field in a row of the codeword
    rows: int
    tail: int
    domain: int
    queries: int

    @property
    def length(self):
        return self.rows + self.tail


@dataclass(frozen=True)
class Plan:
    sources: tuple
    levels: tuple
    last: Shape
    pads: Shape
    folding_pads: int  # number of xi


def round_up(value, multiple):
    return -(-value // multiple) * multiple


def queries(domain, coefficients, bits):
    """Least q with ((n+k)/(2n))^q < 2^-bits, by the fixed integer computation of the specification."""
    x, halvings, count = 2**62, 0, 0
    while halvings < bits + 1:
        x = -(-x * (domain + coefficients) // (2 * domain))
        while x < 2**62:
            x, halvings = 2 * x, halvings + 1
        count += 1
    return count


def _stationary_tail(rows, domain, bits):
    """The least fixed point of the tail, or None when it leaves the domain."""
    tail = 0
    while rows + tail < domain:
        wanted = queries(domain, rows + tail, bits)
        grown = round_up(rows + wanted, 16) - rows
        if grown == tail:
            return tail
        tail = grown
    return None


def fresh_shape(columns, rows, bits, rate_log):
    """An oracle of one proof: the tail covers its queries."""
    domain = 32
    while domain <= DOMAIN_MAX:
        tail = _stationary_tail(rows, domain, bits)
        if tail is not None and 16 * 2**rate_log * (rows + tail) <= 17 * domain:
            return Shape(columns, rows, tail, domain, queries(domain, rows + tail, bits))
        domain *= 2
    raise ValueError(f"{rows} rows need a domain above 2^22")


def column_bits(entries):
    """log2 of the number of columns of a source with so many entries."""
    return 4 if entries < 2**20 else 6


def trace_shape(profile, log_columns, rows):
    return fresh_shape(2**log_columns, rows, profile.security - profile.grinding + 2, 1)


def sealed_shape(profile, log_columns, rows):
    """W or D: the tail is fixed and serves many proofs."""
    rows = round_up(rows, 16)
    tail = 256 if profile is TOY else 2**14 if log_columns == 4 else 2**16
    domain = 32
    while 8 * (rows + tail) > 3 * domain:
        domain *= 2
    if domain > DOMAIN_MAX:
        raise ValueError(f"{rows} rows need a domain above 2^22")
    bits = profile.security - profile.grinding + 2
    return Shape(2**log_columns, rows, tail, domain, queries(domain, rows + tail, bits))


def budget(shape):
    """How many proofs a sealed root serves."""
    return shape.tail // shape.queries - 2


def plan(profile, sources):
    """Everything after the sources (their shapes in the order A, W, D)."""
    bits = profile.security - profile.grinding
    levels, total = [], sum(source.length for source in sources)
    while total > 1024:
        level = fresh_shape(16, -(-total // 16), bits, 2 if not levels else 3)
        levels.append(level)
        total = level.length
    columns = max(source.columns for source in sources).bit_length() - 1
    pads = 2 * (columns + 4 * len(levels))
    return Plan(
        sources=tuple(sources),
        levels=tuple(levels),
        last=fresh_shape(2, total, bits + 1, 3),
        pads=fresh_shape(2, round_up(pads, 16), bits + 1, 3),
        folding_pads=pads,
    )
