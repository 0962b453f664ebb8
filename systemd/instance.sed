# Makes the template kata@.service of kata.service: an instance has a configuration, a database and a socket of its own.
s|^Description=.*|& (%i)|
s|/kata\.yaml|/%i.yaml|
s|^StateDirectory=kata|&-%i|
s|^RuntimeDirectory=kata|&-%i|
s|^WorkingDirectory=.*|WorkingDirectory=%S/kata-%i|
# Not the slice of all instances, so that the control group is where the lines below say.
s|^UMask=.*|&\nSlice=system.slice|
