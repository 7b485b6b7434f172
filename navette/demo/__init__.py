# The file that marks a data folder as the demo's own; the settings look for it before anything else is loaded.
DEMO_MARK = "demo.json"
DEMO_ADDRESS = "address"  # the file of a data folder that says where its demo was last served
