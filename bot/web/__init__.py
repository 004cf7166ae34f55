"""The front door: chat API, the widget's pages, health. docs/decisions/0010-front-door.md"""
