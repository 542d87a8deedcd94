"""The demo site `tidewater`: an invented magazine about a stretch of coast, for a newcomer's first look."""
