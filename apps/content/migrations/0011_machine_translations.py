from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("content", "0010_filters")]

    operations = [
        migrations.AddField(
            model_name="translation",
            name="generation",
            field=models.UUIDField(
                blank=True,
                editable=False,
                help_text="The job whose model wrote the working text; none of people's.",
                null=True,
            ),
        ),
    ]
