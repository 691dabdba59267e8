title "Says too little"
decimal comma
thousands comma
column in Haben
column sign S
column status Status
