"""pytest, all of it: options, collection, lint of features, hooks, judging, session, and the launch."""

#: What pytest is to load, in this order; conftest.py hands it over, since nobody imports the plugin.
MODULES = (
    *("countermand.plugin.options", "countermand.plugin.hooks", "countermand.plugin.fixtures"),
    *("countermand.plugin.scenario", "countermand.plugin.voice", "countermand.plugin.forking"),
)
