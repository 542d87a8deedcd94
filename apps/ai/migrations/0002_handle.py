from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ai', '0001_generations'),
    ]

    operations = [
        migrations.AddField(
            model_name='generation',
            name='handle',
            field=models.CharField(blank=True, default='', max_length=200),
        ),
    ]
