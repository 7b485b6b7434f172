# The file that marks a data folder as the demo's own; the settings look for it before anything else is loaded.
DEMO_MARK = "demo.json"
