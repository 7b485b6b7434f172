class PortalRuleValidator:
    pass


class GuessableValidator:
    pass
