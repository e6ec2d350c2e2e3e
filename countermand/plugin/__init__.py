"""pytest, all of it: options, collection, lint of features, hooks, judging, session, and the launch."""

#: What pytest is to load, one that takes from another after it; conftest.py hands the list over, since nobody imports the plugin.
MODULES = ("countermand.plugin.options", "countermand.plugin.hooks", "countermand.plugin.fixtures", "countermand.plugin.scenario")
