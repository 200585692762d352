"""What must survive a crash: tables, pictures, migrations. It knows neither chats nor painting."""
