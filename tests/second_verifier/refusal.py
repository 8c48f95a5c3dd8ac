"""Why a proof is refused  [proof.md section 9]."""

SYNTAX = "syntax"
STATEMENT = "statement"
CHALLENGE = "challenge"
NONCE = "nonce"
PATH = "path"
BASE_CLAIM = "base claim"
BASE_CODEWORD = "base codeword"


class Refused(Exception):
    """The first failing check; `where` says in words which one, for people."""

    def __init__(self, reason, where=""):
        super().__init__(f"{reason}: {where}" if where else reason)
        self.reason, self.where = reason, where


def require(holds, reason, where=""):
    if not holds:
        raise Refused(reason, where)
